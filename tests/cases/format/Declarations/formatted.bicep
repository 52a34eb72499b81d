metadata author = 'me'
@description('A name.')
@minLength(3)
param name string
param size 'small' | 'large' = 'small'
type shape = {
  @description('Its kind.')
  kind: 'circle' | 'square'
  size: int?
  *: string
}
type pair = [string, int]
type one = resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties.accessTier
import { shape2, other as another } from 'lib.bicep'
import * as all from 'lib.bicep'
func twice(x string) string => '${x}${x}'
resource account 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: name
}
resource each 'Microsoft.Network/virtualNetworks@2023-04-01' = [
  for (n, i) in range(0, 2): if (i > 0) {
    name: 'n${i}'
  }
]
module child 'child.bicep' = if (size == 'large') {
  params: {
    id: account.id
    key: account!.properties.?primaryEndpoints[?'blob'].value
    last: each[^1].name
  }
}
output ids array = [for n in range(0, 2): each[n].id]
