resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = [for i in range(0, 2): {
  name: 'store${i}'
  location: 'west'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
}]
resource lock 'Microsoft.Authorization/locks@2020-05-01' = [for i in range(0, 2): {
  scope: store[i]
  name: 'lock${i}'
  properties: { level: 'ReadOnly' }
}]
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' existing = {
  scope: store[0]
  name: 'logs'
}
output id string = lock[1].id
output logs string = diagnostics.properties.workspaceId
