/**
 * Network architectures as records that build their logits from layers, and a list of them by name.
 * Depends on {@code models.layer}.
 */
@NullMarked
package io.github.tfkfac.models.arch;

import org.jspecify.annotations.NullMarked;
