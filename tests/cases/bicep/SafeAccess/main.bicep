param on bool
param data object
param list array
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = if (on) {
  name: 'store'
  location: 'west'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
}
module part 'part.bicep' = if (on) {
  name: 'part'
}
output a object = data.?b.c
output b object = data.?b.?c
output c object = (data.?b).c
output d string = list[?0][^1].name
output e string = list[^2] ?? list[?^3]
output f string = store.?id ?? ''
output g string = store.?properties.accessTier ?? 'x'
output h string = store!.properties.accessTier
output i string = part.?outputs.text ?? ''
output j string = part.?outputs.?text ?? ''
output k string = part!.outputs.?text ?? ''
output l object = any(data.?b).c
