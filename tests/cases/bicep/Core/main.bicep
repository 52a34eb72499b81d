metadata description = 'One store'
metadata labels = { owner: 'ml', count: 2 }

@description('Where it stands.')
param location string = resourceGroup().location
@minLength(3)
@maxLength(24)
param name string
@allowed(['b', 'a'])
param sku string = 'b'
@secure()
param secret string = ''
param count int = -1
param flags object = {}

var lower = toLower(name)
var long = 4294967296
var sum = 1 + 2 * 3 - 4 / 2 % 5
var logic = !(count > 1 && count <= 5) || sku != 'a' && name =~ 'X'
var chosen = empty(flags) ? { a: 1 } : flags
var either = flags ?? {}

resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: lower
  location: location
  sku: {
    name: sku
  }
  kind: 'StorageV2'
  tags: {
    '${name}-tag': 'x'
    copy: 'kept'
    'two words': secret
  }
}

output id string = store.id
output endpoint string = store.properties.primaryEndpoints.blob
output where string = store.location
output numbers array = [sum, long, -5]
output all object = {
  logic: logic
  chosen: chosen
  either: either
}
