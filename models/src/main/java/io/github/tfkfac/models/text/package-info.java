/** Parts of messages; depends on nothing. */
@NullMarked
package io.github.tfkfac.models.text;

import org.jspecify.annotations.NullMarked;
