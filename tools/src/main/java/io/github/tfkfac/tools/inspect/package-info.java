/** Cost of second-order training of a network, known before the first step. Knows no command. */
@NullMarked
package io.github.tfkfac.tools.inspect;

import org.jspecify.annotations.NullMarked;
