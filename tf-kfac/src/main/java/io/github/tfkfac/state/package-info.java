/**
 * The variables that training needs besides the model's own, the order of side effects, and
 * checkpoints; may depend on schedule.
 */
@NullMarked
package io.github.tfkfac.state;

import org.jspecify.annotations.NullMarked;
