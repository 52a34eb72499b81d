param deploy bool
param keep bool = true

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv'
}

resource other 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  scope: resourceGroup('rg2')
  name: 'kv2'
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (deploy) {
  parent: vault
  name: 'one'
  properties: {
    value: other.properties.vaultUri
  }
}

@description('Guards the secret.')
resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (deploy && keep) {
  scope: secret
  name: 'guard'
  properties: {
    level: 'CanNotDelete'
  }
}

output uri string = deploy ? secret.properties.secretUri : vault.id
output keys object = vault.listKeys()
output lockId string = lock.id
