param p string
var plain = 'it\'s \\ \${p} \u{1F600}\n\t'
var bracketed = '[literal]'
var half = '[half'
var braces = 'a{b}${p}c'
var multi = '''
  first
    second 'quoted'
'''
var quotes = ''''four''''
var holes = $'''x ${p} $ {y}'''
var doubled = $$'''x ${p} $${p}'''
var nested = 'a${'b${toUpper('c${p}')}'}d'
var object = {
  '[key]': '[value]'
  'a-${p}': 1
}
