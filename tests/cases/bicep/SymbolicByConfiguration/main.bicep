resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'store'
  location: 'west'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
}
output blob string = store.properties.primaryEndpoints.blob
