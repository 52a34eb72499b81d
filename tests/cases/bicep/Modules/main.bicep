param on bool
param names array

module plain './part.bicep' = {
  name: 'plain'
  params: {
    text: 'x'
  }
}

module loop 'part.bicep' = [for (n, i) in names: {
  name: 'loop-${i}'
  params: {
    text: n
    more: [for m in range(0, i): m]
  }
}]

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv'
}

@description('Takes a secret.')
module hidden 'part.bicep' = if (on) {
  name: 'hidden'
  params: {
    text: 'x'
    secret: on ? vault.getSecret('a') : plain.outputs.text
  }
  dependsOn: [
    loop
  ]
}

output one string = plain.outputs.text
output many array = [for i in range(0, 2): loop[i].outputs.text]
output name string = hidden.name
