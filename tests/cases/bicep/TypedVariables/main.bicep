type point = { x: int }
@export()
@description('Where it starts.')
var origin point = { x: 0 }
@export()
var plain = 'text'
var list string[] = ['a']
output o point = origin
output l array = list
output p string = plain
