"""Scan -> page: find where a template lies on it, be it flat, skewed, a fax, folded, or photographed on a table.

`page` knows the order. `form` makes the template ready to be found, by its lines, `cells`, `blank` picture and `marks`;
`further` and `ends` say what that shows next to the fields. A flat scan is found by `coarse`, `flat` and `refine`; a
photo by `photos`, the `outline` of its paper, `perspective` and `overhead`; both let lines `slide` over a `reduced`
picture. `bend` and `motion` follow paper that is not flat; `judge`, `covered`, `squared`, `edition`, `drifted`,
`turned` and `trust` say whether what was found can be trusted, `another` whether the form lies there twice; `calm`
takes away noise. `by_picture` lays what has no cells, by `features` of the blank form's picture, `blocks` of its print
(its `face`) and the `labels` of its rows. `fitted` moves a template's cells to the printed ones, where they are drawn
beside them.
"""

from formreader.register.page import fits_flat, likeliest, register

__all__ = ["fits_flat", "likeliest", "register"]
