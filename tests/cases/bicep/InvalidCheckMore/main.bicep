type empty = {}
@batchSize(2)
param batched array
@minLength(5)
@maxLength(3)
param swapped string
param optional {
  next: string?
} = {
  nxt: 'a'
}
resource account 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'account'
}
resource conditional 'Microsoft.Storage/storageAccounts@2023-01-01' = if (account.properties.allowBlobPublicAccess) {
  name: 'conditional'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
}
@allowed([
  'a'
])
output decorated string = 'a'
output near string = sys.toUpperr('a')
output value object = { a: empty }
output safe string = optional.?next ?? 'none'
output all array = [batched, swapped, conditional.id]
