"""Blanks around a code: what is dropped before a code is read.

Named one by one, so that every engine drops the same characters whatever its own idea
of white space is. Characters without width are not among them: nobody sees them, and a
code that holds one has to be reported, not repaired.
"""

from __future__ import annotations

BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
    "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
