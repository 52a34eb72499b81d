var plain = 'a\n\'b\'${  toUpper( 'c' )  }d'
var lines = '''
  kept
    as it is
'''
var holes = $'''
a ${ concat('x','y') } $b
'''
