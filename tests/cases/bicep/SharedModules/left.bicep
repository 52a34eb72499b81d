module leaf 'leaf.bicep' = {
  name: 'leftLeaf'
  params: {
    text: 'left'
  }
}

output text string = leaf.outputs.text
