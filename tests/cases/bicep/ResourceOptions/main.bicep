@retryOn(['ResourceNotFound'], 3)
@onlyIfNotExists()
@description('Tried again.')
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'store'
  location: 'west'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
}
