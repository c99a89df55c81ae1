/** Reference numbers and small graphs for tests. */
@NullMarked
package io.github.tfkfac.detection.testing;

import org.jspecify.annotations.NullMarked;
