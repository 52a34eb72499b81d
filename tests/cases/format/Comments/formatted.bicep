var list = [
  // open
  1 // one

  /* two */ 2
  // dangling
]
var value = 1 /* a */ + /* b */ 2 // c
#disable-next-line no-unused-vars no-hardcoded-location
var quiet = {
  #disable-next-line BCP037 // why
  a: 1 // x
  // end
}
param p string /* typed */ = /* default */ 'x'
var call = concat(
  /* first */ ['a'],
  // second
  ['b']
)
