resource a 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'a'
  location: 'west'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
}
var key = a.listKeys().keys[0].value
var identifier = a.id
var name = a.name
resource service 'Microsoft.Storage/storageAccounts/blobServices@2023-01-01' existing = {
  parent: a
  name: 'default'
}
resource B 'Microsoft.Web/sites@2022-09-01' = {
  name: name
  location: 'west'
  properties: {
    key: key
    id: identifier
    service: service.properties.cors
  }
}
resource b2 'Microsoft.Web/sites@2022-09-01' = {
  name: 'b2'
  location: service.id
  dependsOn: [
    B
    a
  ]
}
output o string = b2.properties.defaultHostName
