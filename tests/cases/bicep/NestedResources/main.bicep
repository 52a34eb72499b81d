param on bool
resource net 'Microsoft.Network/virtualNetworks@2023-09-01' = if (on) {
  name: 'net'
  location: 'west'

  resource first 'subnets' = {
    name: 'first'
    properties: {
      addressPrefix: '10.0.0.0/24'
    }
  }

  resource second 'subnets@2023-04-01' = if (!on) {
    name: 'second'
    dependsOn: [
      first
    ]
  }
}

output a string = net::first.id
output b string = net::second.name
output c object = net::first.properties
