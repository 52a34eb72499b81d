resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'store'
  location: 'west'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
}
resource found 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: store.properties.accessTier
}
var alias = store
var tier = alias.properties.accessTier
var kept = { id: store.id, name: store.name, version: store.apiVersion, type: store.type }
var chained = '${tier}-x'
var byName = nameof(store)
var looked = reference('x', '2020-01-01')
output a string = chained
output b object = kept
output c string = found.id
output d string = byName
output e object = looked
