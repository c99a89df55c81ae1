/**
 * Several optimizers on one task: the runs of a comparison, their numbers, the report. May depend
 * on {@code run}, {@code record}, {@code check} (the machine), {@code render} and {@code
 * statistics}.
 */
@NullMarked
package io.github.tfkfac.tools.lab.compare;

import org.jspecify.annotations.NullMarked;
