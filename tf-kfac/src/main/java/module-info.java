/**
 * Second-order training for TensorFlow-Java: {@link io.github.tfkfac} for users, {@link
 * io.github.tfkfac.extension} for parts that they write themselves.
 */
module io.github.tfkfac {
  requires transitive org.tensorflow.ndarray;
  requires transitive tensorflow;
  requires transitive tensorflow.framework;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.github.tfkfac;
  exports io.github.tfkfac.extension;
}
