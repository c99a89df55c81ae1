/**
 * Fine-tuning of a SavedModel: a loss on its logits, a new head, frozen variables. Depends on
 * {@code models.savedmodel} and {@code models.train}.
 */
@NullMarked
package io.github.tfkfac.models.finetune;

import org.jspecify.annotations.NullMarked;
