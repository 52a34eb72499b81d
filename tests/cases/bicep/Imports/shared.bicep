@export()
@description('A color.')
type color = 'red' | 'green'
@export()
type paint = {
  color: color
  layers: layer[]?
}
type layer = {
  @minValue(1)
  depth: int
}
@export()
var base = { depth: start, file: loadTextContent('note.txt') }
var start = 1
@export()
var list = [for i in range(0, 2): '${i}-${start}']
@export()
func deeper(l layer) layer => { depth: l.depth + 1 }
@export()
func twice(l layer) layer => deeper(deeper(l))
