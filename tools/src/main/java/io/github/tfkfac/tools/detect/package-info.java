/**
 * Detection data on disk, evaluations and runs, for the commands below {@code kfac detect}. Depends
 * on module {@code detection}.
 */
@NullMarked
package io.github.tfkfac.tools.detect;

import org.jspecify.annotations.NullMarked;
