param names array
param bag object
var number = [for item in 1: item]
var fine = [for (name, index) in names: '${name}${index}']
var three = [for (a, b, c) in names: a]
var nested = [for name in names: [for other in names: other]]
var deep = {
  a: {
    b: [for name in names: name]
  }
}
var inArgument = length([for name in names: name])
var ofObject = [for entry in bag: entry]
resource single 'Microsoft.Storage/storageAccounts@2023-01-01' existing = [for name in names: {
  name: name
}]
@batchSize(0)
resource batch 'Microsoft.Storage/storageAccounts@2023-01-01' existing = [for name in names: {
  name: name
}]
@batchSize(2)
resource noLoop 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'noloop'
}
output one string = single.id
output two string = single[0].name
output all array = [number, fine, three, nested, deep, inArgument, ofObject, batch[0].id, noLoop.id]
