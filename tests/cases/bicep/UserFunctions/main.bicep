@export()
@description('Greets.')
func greet(name string, polite bool) string => polite ? 'Dear ${name}' : 'Hi ${name}'
func both(a string) object => {
  text: greet(a, true)
  list: map(['x'], item => '${item}${a}')
}
output o object = both('you')
output s string = greet('me', false)
