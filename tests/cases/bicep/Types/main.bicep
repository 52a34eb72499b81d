@export()
@description('A name.')
@minLength(2)
type name = string
type color = 'red' | 'blue' | null
type numbers = (10 | 2)[]
type shape = {
  @description('Its name.')
  name: name
  color: color?
  size: { width: int, height: int }
  *: bool
}
@sealed()
type closed = {
  a: int
}
type pair = [
  string
  @maxValue(3)
  int
]
type square = {
  kind: 'square'
  side: int
}
type circle = {
  kind: 'circle'
  radius: int
}
@discriminator('kind')
type figure = square | circle | { kind: 'dot' }
type width = shape.size.width
type second = pair[1]
type each = name[]
type element = each[*]
type rest = shape.*

param figures figure[]
param one shape
@discriminator('kind')
param chosen (square | circle)?
param literal 'x'
param flag true
param no !true
param big -5
param optional string?
@secure()
param hidden {
  @secure()
  password: string
}
output used width = 1
output items element[] = []
output others rest = true
output seconds second = 2
