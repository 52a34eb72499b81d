param text string

module leaf 'leaf.bicep' = {
  name: 'rightLeaf'
  params: {
    text: text
  }
}

output text string = leaf.outputs.text
