param names array
param count int

var squares = [for i in range(0, count): i * i]
var pairs = [for (name, i) in names: {
  name: name
  position: i
}]

@batchSize(2)
resource nets 'Microsoft.Network/virtualNetworks@2023-09-01' = [for (name, i) in names: if (i > 0) {
  name: '${name}-${i}'
  properties: {
    subnets: [for j in range(0, 2): {
      name: 'subnet${j}-${i}'
    }]
    peers: [for n in names: n]
    fixed: true
  }
}]

resource rules 'Microsoft.Network/networkSecurityGroups@2023-09-01' = [for k in range(0, count): {
  name: 'rules${k}'
  tags: {
    net: nets[k].id
  }
}]

output ids array = [for i in range(0, count): nets[i].id]
output one object = nets[0].properties
output uses array = concat(squares, pairs)
output first string = rules[length(names)].name
