/**
 * Step-size study on detectors. May depend on {@code detect}, {@code run}, {@code record}, {@code
 * render}.
 */
@NullMarked
package io.github.tfkfac.tools.lab.ablation;

import org.jspecify.annotations.NullMarked;
