param extra object
param more array
var joined = { ...extra, a: 1, ...{ b: 2 } }
var only = { ...extra }
var list = [...more, 1, 2, ...[3]]
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'store'
  location: 'west'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  tags: { ...extra, x: 'y' }
}
output o object = { nested: { ...joined, ...only }, list: list }
