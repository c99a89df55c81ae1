/**
 * Variables that training needs besides the model's own, the order of side effects, and the gate
 * that skips graph work that is not due.
 */
@NullMarked
package io.github.tfkfac.internal.state;

import org.jspecify.annotations.NullMarked;
