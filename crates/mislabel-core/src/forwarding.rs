//! The traits of this crate for references, boxes and shared pointers.

/// Implements a trait for `&T`, `Box<T>` and `Arc<T>` where `T` has it. Every method of the trait must be named.
macro_rules! forward {
    (
        $(<$parameter:ident>)? $trait:ident$(<$argument:ident>)? {
            $(type $associated:ident;)?
            $(fn $method:ident(&self $(, $name:ident: $type:ty)*) $(-> $result:ty)?;)*
        }
    ) => {
        $crate::forwarding::forward!(
            @pointers [&T, Box<T>, std::sync::Arc<T>]
            [$($parameter)?] [$trait$(<$argument>)?]
            { $(type $associated;)? $(fn $method(&self $(, $name: $type)*) $(-> $result)?;)* }
        );
    };
    (@pointers [$($pointer:ty),*] $parameters:tt $trait:tt $items:tt) => {
        $($crate::forwarding::forward!(@one $pointer, $parameters $trait $items);)*
    };
    (
        @one $pointer:ty, [$($parameter:ident)?] [$($trait:tt)*] {
            $(type $associated:ident;)?
            $(fn $method:ident(&self $(, $name:ident: $type:ty)*) $(-> $result:ty)?;)*
        }
    ) => {
        impl<$($parameter,)? T: $($trait)* + ?Sized> $($trait)* for $pointer {
            $(type $associated = T::$associated;)?
            $(
                fn $method(&self $(, $name: $type)*) $(-> $result)? {
                    (**self).$method($($name),*)
                }
            )*
        }
    };
}

pub(crate) use forward;
