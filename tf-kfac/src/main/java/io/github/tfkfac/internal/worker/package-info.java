/**
 * Workers that train one model together: the cluster, sessions on TensorFlow's own server, and the
 * collective operations by which their graphs exchange values; may depend on {@code state}.
 */
@NullMarked
package io.github.tfkfac.internal.worker;

import org.jspecify.annotations.NullMarked;
