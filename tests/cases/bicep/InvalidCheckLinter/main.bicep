param unusedParameter string
param password string
@secure()
param key string = 'default'
param location string = 'westeurope'
var unusedVariable = 1
var plain = concat('a', location)
var wrapped = '${location}'
var host = 'https://management.azure.com/'
resource account 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'account'
  location: resourceGroup().location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  'tags': {
    'quoted': 'a'
  }
  dependsOn: [
    group
  ]
  properties: {
    customDomain: {
      name: group.id
    }
  }
}
resource group 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'other'
}
output keys string = account.listKeys().keys[0].value
output password string = key
output rest array = [plain, wrapped, host, password, any(1)]
#disable-next-line no-unused-vars
var silenced = 1
