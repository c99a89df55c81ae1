/**
 * Training of networks for vectors, the deep linear network on planted targets and autoencoders,
 * several runs at a time. May depend on {@code experiment}, {@code run} and {@code record}.
 */
@NullMarked
package io.github.tfkfac.tools.lab.experiment.regression;

import org.jspecify.annotations.NullMarked;
