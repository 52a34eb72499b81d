resource stores 'Microsoft.Storage/storageAccounts@2023-01-01' = [for i in range(0, 2): {
  name: 'store${i}'
  location: 'west'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
}]
module parts 'part.bicep' = [for i in range(0, 2): {
  name: 'part${i}'
}]
output names array = map(stores, s => s.properties.primaryEndpoints.blob)
output texts array = map(parts, p => p.outputs.text)
