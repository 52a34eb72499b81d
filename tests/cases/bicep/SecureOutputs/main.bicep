module part 'part.bicep' = {
  name: 'part'
}
module parts 'part.bicep' = [for i in range(0, 2): {
  name: 'part${i}'
}]
@secure()
output key string = part.outputs.key
output open string = part.outputs.open
output nested string = part.outputs.nested.secret
output second string = parts[1].outputs.key
