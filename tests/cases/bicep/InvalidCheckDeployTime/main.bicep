resource account 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'account'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
}
var endpoint = account.properties.primaryEndpoints.blob
resource named 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: endpoint
  location: 'westeurope'
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
}
resource counted 'Microsoft.Storage/storageAccounts@2023-01-01' = [for item in range(0, length(account.properties.primaryEndpoints.blob)): {
  name: 'acc${item}'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
}]
resource conditional 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'conditional'
  location: account.location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
}
var mapped = [for item in account.tags: item]
var wholeLoop = [for item in counted: item.properties]
output endpoints array = [endpoint, mapped, wholeLoop, conditional.id, named.id]
