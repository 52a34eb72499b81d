module short 'part.bicep' = {}
module aVeryLongSymbolicNameThatDoesNotFitIntoTheNameOfADeployment 'part.bicep' = [for i in range(0, 2): {
  params: {
    number: i
  }
}]
output a int = short.outputs.number
output b int = aVeryLongSymbolicNameThatDoesNotFitIntoTheNameOfADeployment[1].outputs.number
