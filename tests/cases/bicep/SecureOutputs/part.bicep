type holder = {
  @secure()
  secret: string
}
@secure()
output key string = 'k'
output open string = 'o'
output nested holder = { secret: 's' }
