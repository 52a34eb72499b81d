var words = [
  'alpha'
  'beta'
  'gamma'
  'delta'
  'epsilon'
  'zeta'
  'eta'
  'theta'
  'iota'
  'kappa'
  'lambda'
  'mu'
  'nu'
]
var fits = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa', 'lambda', 'mu'] // not counted
var call = format(
  '{0}-{1}-{2}',
  uniqueString(resourceGroup().id, 'something long enough'),
  toLower('ALSO LONG'),
  'and the end'
)
var choice = empty(words)
  ? 'a rather long text that stands for nothing at all'
  : length(words) > 10 ? 'another rather long text' : 'short'
type kinds = 'alpha-alpha' | 'beta-beta-beta' | 'gamma-gamma-gamma' | 'delta-delta-delta' | 'epsilon-epsilon' | 'zeta'
func long(first string, second string, third object, fourth array, fifth int, sixth bool) string => '${first}${second}'
