resource first 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'first'
  dependsOn: [
    net
  ]
}
resource net 'Microsoft.Network/virtualNetworks@2023-09-01' = {
  name: 'net'
  location: 'west'
  tags: {
    id: last.id
  }
  properties: {
    encryption: {
      enabled: true
      enforcement: second.properties.accessTier
    }
  }
}
resource second 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'second'
}
resource last 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'last'
}
