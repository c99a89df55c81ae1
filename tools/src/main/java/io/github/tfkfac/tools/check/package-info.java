/** Looks at the machine, at TensorFlow's native library and at its gradients. Knows no command. */
@NullMarked
package io.github.tfkfac.tools.check;

import org.jspecify.annotations.NullMarked;
