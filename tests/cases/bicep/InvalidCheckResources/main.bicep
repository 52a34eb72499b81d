param location string
param names array

resource noVersion 'Microsoft.Storage/storageAccounts' = {
  name: 'noversion'
}
resource missing 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'missing'
}
resource wrong 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'wrong'
  location: location
  kind: 'StorageV3'
  sku: {
    name: 1
  }
  id: 'readOnly'
  proprties: {}
  properties: {
    minimumTlsVersion: 'TLS1_2'
    minimumTlsVersions: 'TLS1_2'
    provisioningState: 'Succeeded'
    supportsHttpsTrafficOnly: 'yes'
  }
}
resource nameless 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
}
resource withBoth 'Microsoft.Storage/storageAccounts/blobServices@2023-01-01' = {
  parent: wrong
  name: 'default/other'
}
resource wrongParent 'Microsoft.Storage/storageAccounts/blobServices@2023-01-01' = {
  parent: vault
  name: 'default'
}
resource segments 'Microsoft.Storage/storageAccounts/blobServices@2023-01-01' = {
  name: 'onlyone'
}
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'vault'
}
resource loop 'Microsoft.Storage/storageAccounts@2023-01-01' = [for name in names: {
  name: 'constant'
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
}]
resource unknown 'Microsoft.Unknown/things@2023-01-01' = {
  name: 'unknown'
}
resource depends 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'depends'
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  dependsOn: [
    'text'
    loop
  ]
}
output one string = wrong.properties.primaryEndpoint.blob
output two string = loop.id
output three string = wrong.nothing
