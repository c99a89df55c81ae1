/** Tables of settings: options as values. May depend on {@code error}. */
@NullMarked
package io.github.tfkfac.tools.setting;

import org.jspecify.annotations.NullMarked;
