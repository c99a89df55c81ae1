/** Products of gradients with inverse factors, and division in an eigenbasis. */
@NullMarked
package io.github.tfkfac.internal.precondition;

import org.jspecify.annotations.NullMarked;
