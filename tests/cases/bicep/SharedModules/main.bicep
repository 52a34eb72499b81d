// two modules use a third one, and this file uses it as well: no cycle
module left 'left.bicep' = {
  name: 'left'
}

module right 'right.bicep' = {
  name: 'right'
  params: {
    text: left.outputs.text
  }
}

module leaf 'leaf.bicep' = {
  name: 'leaf'
}

output texts array = [
  left.outputs.text
  right.outputs.text
  leaf.outputs.text
]
