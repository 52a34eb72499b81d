param flag bool
output noKind = 1
output noValue string
output wrong int = 'one'
output unknown strang = 'a'
@secure()
output number int = 1
@minLength(5)
output short string = 'abc'
output loop string = [for item in [1, 2]: item]
output inner object = {
  items: [for item in [1, 2]: {
    nested: [for other in [3]: other]
  }]
}
output twice string = 'a'
output twice string = 'b'
output choice int = flag ? 1 : 'two'
